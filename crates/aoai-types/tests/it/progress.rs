//! Lists that go on, and work that goes on.

use aoai_types::files::{File, ListFiles};
use aoai_types::fine_tuning::checkpoints::CheckpointCopy;
use aoai_types::list::Page;
use aoai_types::responses::ListInputItems;
use aoai_types::responses::item::Item;
use aoai_types::{LongRunning, Paged, Progress};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_list_that_does_not_move_on_ends() {
    // The service, or what stands before it, does not heed where the page shall begin.
    let page = || {
        read::<Page<File>>(
            json!({"data": [{"id": "file-1"}], "last_id": "file-1", "has_more": true}),
        )
    };
    let second = ListFiles::new().next(&page()).unwrap();
    assert_eq!(second.after.as_deref(), Some("file-1"));
    assert!(second.next(&page()).is_none());
    let further = read::<Page<File>>(json!({"data": [{"id": "file-2"}], "has_more": true}));
    let third = second.next(&further).unwrap();
    assert_eq!(third.after.as_deref(), Some("file-2"));
}

#[test]
fn a_list_whose_last_entry_has_no_id_ends() {
    let page = json!({"data": [{"type": "hologram"}], "last_id": null, "has_more": true});
    let page = read::<Page<Item>>(page);
    assert!(ListInputItems::new("resp_1").next(&page).is_none());
}

#[test]
fn a_copy_that_tells_of_no_destination_is_not_done() {
    let progress =
        |copies: Value| read::<CheckpointCopy>(json!({"copiedAccountDetails": copies})).progress();
    let at = |status: &str| json!({"region": "swedencentral", "status": status});
    assert_eq!(progress(json!([])), Progress::Pending);
    assert_eq!(progress(Value::Null), Progress::Pending);
    assert_eq!(
        progress(json!([at("Completed"), at("InProgress")])),
        Progress::Pending
    );
    assert_eq!(
        progress(json!([at("Completed"), at("Completed")])),
        Progress::Succeeded
    );
    assert_eq!(
        progress(json!([at("InProgress"), at("Failed")])),
        Progress::Failed
    );
}
