//! How a page comes about: its data is asked for, then shown; or the refusal is, with its status.

use std::future::Future;

use leptos::prelude::*;

use crate::components::RefusalPage;
use crate::frame::Frame;
use crate::refusal::Refusal;

/// Shows what `load` brings by `show`, or why it can't be shown.
pub fn screen<D: 'static, V: IntoView + 'static>(
    load: impl Future<Output = Result<D, Refusal>> + Send + 'static,
    show: impl FnOnce(D) -> V + Send + 'static,
) -> AnyView {
    view! {
        <Suspense>
            {Suspend::new(async move {
                match load.await {
                    Ok(data) => show(data).into_any(),
                    Err(refusal) => {
                        Frame::here().status.set(refusal.status());
                        view! { <RefusalPage refusal/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
    .into_any()
}
