//! `/containers`: places where a model runs code, with files.

use bytes::Bytes;
use serde_json::{Value, json};

use super::arguments::whole;
use super::{Answer, Group, Handler};
use crate::check::containers as check;
use crate::refusal::Refusal;
use crate::route::Call;
use crate::store::{Kept, Order, Page, Shelf, hex_id};

pub(super) const HANDLERS: Group = &[
    (
        "containers.create",
        Handler::resource("Containers_Create", create).json(check::CREATE),
    ),
    (
        "containers.list",
        Handler::resource("Containers_List", list).query(check::LIST),
    ),
    ("containers.get", Handler::resource("Containers_Get", get)),
    (
        "containers.delete",
        Handler::resource("Containers_Delete", delete),
    ),
    (
        "containers.files.create",
        Handler::resource("ContainerFiles_Create", add_file).form(check::ADD_FILE),
    ),
    (
        "containers.files.list",
        Handler::resource("ContainerFiles_List", list_files).query(check::LIST),
    ),
    (
        "containers.files.get",
        Handler::resource("ContainerFiles_Get", get_file),
    ),
    (
        "containers.files.content",
        Handler::resource("ContainerFiles_Content", file_content),
    ),
    (
        "containers.files.delete",
        Handler::resource("ContainerFiles_Delete", delete_file),
    ),
];

/// A container.
#[derive(Debug)]
pub(crate) struct Container {
    id: String,
    name: String,
    created_at: u64,
    last_active_at: u64,
    minutes: u64,
    memory_limit: String,
    files: Shelf<ContainerFile>,
}

/// A file in a container.
#[derive(Debug)]
struct ContainerFile {
    id: String,
    name: String,
    content: Bytes,
    created_at: u64,
}

impl Kept for Container {
    fn id(&self) -> &str {
        &self.id
    }

    fn created_at(&self) -> u64 {
        self.created_at
    }
}

impl Kept for ContainerFile {
    fn id(&self) -> &str {
        &self.id
    }

    fn created_at(&self) -> u64 {
        self.created_at
    }
}

impl Container {
    fn is_expired(&self, now: u64) -> bool {
        now >= self.last_active_at + self.minutes * 60
    }

    fn json(&self, now: u64) -> Value {
        json!({
            "created_at": self.created_at,
            "expires_after": {"anchor": "last_active_at", "minutes": self.minutes},
            "id": self.id,
            "last_active_at": self.last_active_at,
            "memory_limit": self.memory_limit,
            "name": self.name,
            "object": "container",
            "status": if self.is_expired(now) { "expired" } else { "running" },
        })
    }

    /// Puts a file there; what is said of it.
    fn put(&mut self, name: &str, content: Bytes, now: u64) -> Value {
        let file = ContainerFile {
            id: hex_id("cfile_"),
            name: name.rsplit('/').next().unwrap_or(name).to_owned(),
            content,
            created_at: now,
        };
        let answer = file.json(&self.id);
        self.files.put(file);
        answer
    }
}

impl ContainerFile {
    fn json(&self, container: &str) -> Value {
        json!({
            "bytes": self.content.len(),
            "container_id": container,
            "created_at": self.created_at,
            "id": self.id,
            "object": "container.file",
            "path": format!("/mnt/data/{}", self.name),
            "source": "user",
        })
    }
}

fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let text = |name: &str| call.body.get(name).and_then(Value::as_str);
    let expires_after = call.body.get("expires_after");
    let mut container = Container {
        id: hex_id("cntr_"),
        name: text("name").unwrap_or_default().to_owned(),
        created_at: call.now,
        last_active_at: call.now,
        minutes: expires_after
            .and_then(|it| whole(&it["minutes"]))
            .unwrap_or(20),
        memory_limit: text("memory_limit").unwrap_or("1g").to_owned(),
        files: Shelf::default(),
    };
    let ids = call.body.get("file_ids").and_then(Value::as_array);
    for id in ids.into_iter().flatten().filter_map(Value::as_str) {
        let (name, content) = kept_file(call, id)?;
        container.put(&name, content, call.now);
    }
    let answer = Answer::value(&container.json(call.now));
    call.state.store().containers.put(container);
    Ok(answer)
}

/// A file of the resource, to be copied.
fn kept_file(call: &Call<'_>, id: &str) -> Result<(String, Bytes), Refusal> {
    let store = call.state.store();
    let file = store.files.get(id, call.now);
    let file = file.ok_or_else(|| Refusal::no_such(format!("Files [{id}] were not found")))?;
    Ok((file.name.clone(), file.content.clone()))
}

fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let store = call.state.store();
    let all = store.containers.all(call.now).into_iter();
    let all = all.map(|container| container.json(call.now)).collect();
    let page = Page::of(all, &call.query, Order::NewestFirst, 20)?;
    Ok(Answer::value(&page.json()))
}

fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    with(call, |container| {
        Ok(Answer::value(&container.json(call.now)))
    })
}

fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.arg(0);
    let taken = call.state.store().containers.take(id, call.now);
    taken.ok_or_else(|| missing(id))?;
    Ok(Answer::value(&json!({
        "deleted": true, "id": id, "object": "container.deleted",
    })))
}

fn add_file(call: &Call<'_>) -> Result<Answer, Refusal> {
    let sent = call.files_of("file").next();
    let kept = call.body.get("file_id").and_then(Value::as_str);
    let (name, content) = match (sent, kept) {
        (Some(file), None) => (file.name.clone(), file.content.clone()),
        (None, Some(id)) => kept_file(call, id)?,
        _ => {
            return Err(Refusal::invalid(
                "Exactly one of 'file' and 'file_id' is required.",
                Some("file"),
                Some("missing_required_parameter"),
            ));
        }
    };
    with_running(call, |container| {
        let answer = container.put(&name, content, call.now);
        Ok(Answer::value(&answer))
    })
}

fn list_files(call: &Call<'_>) -> Result<Answer, Refusal> {
    with_running(call, |container| {
        let files = container.files.all(call.now).into_iter();
        let files = files.map(|file| file.json(&container.id)).collect();
        let page = Page::of(files, &call.query, Order::NewestFirst, 20)?;
        Ok(Answer::value(&page.json()))
    })
}

fn get_file(call: &Call<'_>) -> Result<Answer, Refusal> {
    with_running(call, |container| {
        let file = file(call, container)?;
        Ok(Answer::value(&file.json(&container.id)))
    })
}

fn file_content(call: &Call<'_>) -> Result<Answer, Refusal> {
    with_running(call, |container| {
        let content = file(call, container)?.content.clone();
        Ok(Answer::bytes("application/octet-stream", content))
    })
}

fn delete_file(call: &Call<'_>) -> Result<Answer, Refusal> {
    with_running(call, |container| {
        let id = file(call, container)?.id.clone();
        container.files.remove(&id);
        Ok(Answer::value(&json!({
            "deleted": true, "id": id, "object": "container.file.deleted",
        })))
    })
}

/// Does something with the container that the path names.
fn with(
    call: &Call<'_>,
    act: impl FnOnce(&mut Container) -> Result<Answer, Refusal>,
) -> Result<Answer, Refusal> {
    let mut store = call.state.store();
    let found = store.containers.get_mut(call.arg(0), call.now);
    act(found.ok_or_else(|| missing(call.arg(0)))?)
}

/// The same, if it has not expired; it counts as used.
fn with_running(
    call: &Call<'_>,
    act: impl FnOnce(&mut Container) -> Result<Answer, Refusal>,
) -> Result<Answer, Refusal> {
    with(call, |container| {
        if container.is_expired(call.now) {
            return Err(Refusal::invalid("Container is expired.", None, None));
        }
        container.last_active_at = container.last_active_at.max(call.now);
        act(container)
    })
}

fn file<'a>(call: &Call<'_>, container: &'a Container) -> Result<&'a ContainerFile, Refusal> {
    let id = call.arg(1);
    container.files.get(id, call.now).ok_or_else(|| {
        Refusal::no_such(format!(
            "File {id} not found on container {}.",
            container.id
        ))
    })
}

fn missing(id: &str) -> Refusal {
    Refusal::no_such(format!("Container with id '{id}' not found."))
}
