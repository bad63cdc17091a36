//! The items of a conversation.

pub use self::add::AddConversationItems;
pub use self::delete::DeleteConversationItem;
pub use self::get::GetConversationItem;
pub use self::list::ListConversationItems;

mod add;
mod delete;
mod get;
mod list;
