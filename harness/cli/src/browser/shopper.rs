//! One shopper in the browser: from the home page to an order, by the links and forms of the pages.

use redline_model::BrowserVisit;
use serde_json::{Value, json};

use super::{devtools::DevTools, error::BrowserError, page};

/// The tag of its requests in the access log; a trial's own requests have another.
const TAG: &str = "browser";

/// One click: what it is called, the page that must follow, and the click itself.
struct Click {
    step: &'static str,
    leads_to: &'static str,
    does: String,
}

/// Whether pictures of the pages are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pictures {
    Kept,
    LeftOut,
}

/// A visit of somebody who has never been there, who takes the `number`th product of a category and buys it.
pub(super) async fn visit(
    tools: &mut DevTools,
    base: &str,
    number: u32,
    pictures: Pictures,
) -> Result<BrowserVisit, BrowserError> {
    tools.speak_to(None);
    let context = tools.call("Target.createBrowserContext", json!({})).await?["browserContextId"].clone();
    let visited = in_context(tools, base, number, pictures, &context).await;
    tools.speak_to(None);
    tools.call("Target.disposeBrowserContext", json!({"browserContextId": context})).await?;
    visited
}

async fn in_context(
    tools: &mut DevTools,
    base: &str,
    number: u32,
    pictures: Pictures,
    context: &Value,
) -> Result<BrowserVisit, BrowserError> {
    let tab = tools.call("Target.createTarget", json!({"url": "about:blank", "browserContextId": context})).await?;
    let attach = json!({"targetId": tab["targetId"], "flatten": true});
    let session = tools.call("Target.attachToTarget", attach).await?["sessionId"].as_str().map(str::to_owned);
    tools.speak_to(session);
    for domain in ["Page", "Runtime", "Log", "Network"] {
        tools.call(&format!("{domain}.enable"), json!({})).await?;
    }
    tools.call("Network.setExtraHTTPHeaders", json!({"headers": {"X-Redline": TAG}})).await?;
    let size = json!({"width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": false});
    tools.call("Emulation.setDeviceMetricsOverride", size).await?;
    let mut visit = BrowserVisit::default();
    for click in clicks(base, number) {
        tools.events.clear();
        let answer = tools.call("Runtime.evaluate", json!({"expression": click.does, "returnByValue": true})).await?;
        if answer["result"]["value"] != true {
            visit.ended = Some(format!("the page before `{}` has no way there", click.step));
            break;
        }
        let (mut page, kind) = match page::read(tools, click.step).await {
            Ok(read) => read,
            Err(BrowserError::Silent { .. }) => {
                visit.ended =
                    Some(format!("`{}` did not come within {} s", click.step, super::devtools::PATIENCE.as_secs()));
                break;
            }
            Err(error) => return Err(error),
        };
        if pictures == Pictures::Kept {
            page.picture = Some(page::picture(tools).await?);
        }
        visit.pages.push(page);
        if kind != click.leads_to {
            let shown = if kind.is_empty() { "no page of the shop".into() } else { format!("the page `{kind}`") };
            visit.ended = Some(format!("`{}` led to {shown}", click.step));
            break;
        }
    }
    Ok(visit)
}

/// The clicks of a visit. Each is an expression that is true if there was something to click on; it takes effect
/// once it has been answered.
fn clicks(base: &str, number: u32) -> Vec<Click> {
    let link = |selector: &str| {
        format!(
            "(() => {{ const all = document.querySelectorAll('{selector}'); const one = all[{number} % all.length]; if (one) setTimeout(() => one.click()); return !!one; }})()"
        )
    };
    let home = format!("setTimeout(() => {{ location.href = {}; }}), true", json!(format!("{base}/")));
    // A page of the shop has all of these fields; a model of a shop has only some of them.
    let fields = json!({
        "name": "Robin Shopper", "email": "robin@example.org",
        "address": "1 Long Lane", "city": "Springfield", "postcode": "12345"
    });
    let order = format!(
        "(() => {{ const form = document.querySelector('form[action=\"/checkout\"]'); if (!form) return false;
           const random = [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('');
           const uuid = random.replace(/^(.{{8}})(.{{4}}).(.{{3}}).(.{{3}})(.{{12}})$/, '$1-$2-4$3-8$4-$5');
           for (const [name, value] of Object.entries({{ order_uuid: uuid, ...{fields} }})) {{
             let field = form.elements.namedItem(name);
             if (!field) {{ field = document.createElement('input'); field.type = 'hidden'; field.name = name; form.append(field); }}
             if (!field.value) field.value = value;
           }}
           setTimeout(() => form.requestSubmit()); return true; }})()"
    );
    let checkout = "setTimeout(() => { const link = document.querySelector('main a[href=\"/checkout\"]'); if (link) link.click(); else location.href = '/checkout'; }), true";
    let add = "(() => { const form = document.querySelector('form[action=\"/cart/add\"]'); if (form) setTimeout(() => form.requestSubmit()); return !!form; })()";
    vec![
        Click { step: "home", leads_to: "home", does: home },
        Click { step: "category", leads_to: "category", does: link("a[href^=\"/category/\"]") },
        Click { step: "product", leads_to: "product", does: link("main a[href^=\"/product/\"]") },
        Click { step: "add-to-cart", leads_to: "cart", does: add.into() },
        Click { step: "checkout", leads_to: "checkout", does: checkout.into() },
        Click { step: "order", leads_to: "order", does: order },
    ]
}
