//! Pages on HTTP: `?limit=50&after=…` in, `{"items": […], "next": …}` out.

use model::{Page, PageRequest, Problem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which page is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// How many items at most; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

impl Paging {
    /// The checked request.
    pub fn request(self) -> Result<PageRequest, Problem> {
        page_request(self.limit, self.after)
    }
}

/// Checks the two paging parameters of a list that has more parameters than these.
pub fn page_request(limit: Option<u32>, after: Option<String>) -> Result<PageRequest, Problem> {
    let limit = limit.unwrap_or(PageRequest::first().limit);
    if !(1..=PageRequest::MAX).contains(&limit) {
        return Err(Problem::invalid("limit", format!("Use a number from 1 to {}.", PageRequest::MAX)));
    }
    if after.as_ref().is_some_and(|key| key.is_empty() || key.len() > 200) {
        return Err(Problem::invalid("after", "Send the `next` of the page before, or leave it out."));
    }
    Ok(PageRequest { limit, after })
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageOf<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// What to send as `after` for the next page; null on the last page.
    pub next: Option<String>,
}

impl<T> PageOf<T> {
    /// The page with each item turned into its view.
    pub fn of<S>(page: Page<S>, view: impl Fn(S) -> T) -> axum::Json<PageOf<T>> {
        axum::Json(PageOf { items: page.items.into_iter().map(view).collect(), next: page.next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_has_bounds() {
        assert_eq!(page_request(None, None).unwrap().limit, 50);
        assert_eq!(page_request(Some(0), None).unwrap_err().fields[0].name, "limit");
        assert_eq!(page_request(Some(201), None).unwrap_err().fields[0].name, "limit");
        assert_eq!(page_request(Some(5), Some(String::new())).unwrap_err().fields[0].name, "after");
    }
}
