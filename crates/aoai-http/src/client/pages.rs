//! Lists that come page by page.

use aoai_types::Paged;
use aoai_types::operation::Mode;
use futures_core::Stream;
use futures_util::{TryStreamExt as _, stream};

use super::Client;
use crate::error::{Error, ErrorKind, Result};

/// The entries of all pages, each page asked for when it is needed.
pub(super) fn entries<O: Paged>(
    client: Client,
    first: O,
) -> impl Stream<Item = Result<O::Item>> + Send + use<O> {
    let begin = (Some(first), String::new(), false);
    let pages = stream::try_unfold(begin, move |(request, before, again)| {
        let client = client.clone();
        async move {
            let Some(request) = request else {
                return Ok(None);
            };
            let target = client.request(&request, Mode::Unary)?.target;
            let same = target == before;
            if same && again {
                return Err(goes_round::<O>());
            }
            let page = client.send(&request).await?;
            let next = request.next(&page);
            let entries = O::items(page.into_value()).into_iter().map(Ok);
            Ok(Some((stream::iter(entries), (next, target, same))))
        }
    });
    pages.try_flatten()
}

/// Whoever drops what follows the path gets the first page for ever.
fn goes_round<O: Paged>() -> Error {
    let message = "a page of the list is followed by itself, again and again; check that the gateway \
                   passes the query on";
    Error::new(ErrorKind::Decode, message).in_operation(|| O::ENDPOINT.id.to_owned())
}
