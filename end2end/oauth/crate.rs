//! The `oauth2` crate as a client: the grant for a code with PKCE, client authentication by header, by form and by
//! none, refresh, and the errors as its types know them. `oauth-crate MCP_URL PROGRAM BROWSER` prints one line a
//! check; PROGRAM is ours, for its commands, and BROWSER the script that presses the button.

use std::error::Error;
use std::process::{Command, Stdio};

use oauth2::basic::{BasicClient, BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, TokenResponse, TokenUrl,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

type Failure = Box<dyn Error>;
type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;
type Refused = RequestTokenError<reqwest::Error, BasicErrorResponse>;

/// Nobody listens there: the browser stops before it.
const REDIRECT: &str = "http://127.0.0.1:3031/callback";

/// What the program prints of a client that it made, and the server of one that registered itself.
#[derive(Deserialize)]
struct Made {
    client_id: String,
    client_secret: Option<String>,
}

/// What the crate has to be told, as it discovers nothing by itself.
#[derive(Deserialize)]
struct Metadata {
    authorization_endpoint: String,
    token_endpoint: String,
    registration_endpoint: String,
}

#[derive(Deserialize)]
struct Counted {
    total: u64,
}

#[derive(Deserialize)]
struct Access {
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    gate: String,
    verdict: String,
}

struct World {
    http: reqwest::Client,
    resource: String,
    program: String,
    browser: String,
    metadata: Metadata,
}

/// Where a user was sent, and with what the client left them.
struct Asked {
    back: Url,
    state: CsrfToken,
    verifier: PkceCodeVerifier,
}

impl World {
    async fn new(resource: &str, program: &str, browser: &str) -> Result<Self, Failure> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let metadata = Url::parse(resource)?.join("/.well-known/oauth-authorization-server")?;
        let metadata =
            serde_json::from_slice(&http.get(metadata).send().await?.error_for_status()?.bytes().await?)?;
        let [resource, program, browser] = [resource, program, browser].map(str::to_owned);
        Ok(Self { http, resource, program, browser, metadata })
    }

    /// How the crate sends: it brings no HTTP of its own.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
        let answer = self.http.execute(request.try_into()?).await?;
        let mut response = HttpResponse::new(Vec::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        *response.body_mut() = answer.bytes().await?.to_vec();
        Ok(response)
    }

    /// A client as an administrator makes one.
    fn made(&self, name: &str) -> Result<Made, Failure> {
        let arguments = ["oauth-client", "add", name, "--redirect-uri", REDIRECT, "--allow", "read,write"];
        let said = Command::new(&self.program).args(arguments).stderr(Stdio::inherit()).output()?;
        Ok(serde_json::from_slice(&said.stdout)?)
    }

    /// A public client, as one registers itself.
    async fn registered(&self) -> Result<Made, Failure> {
        let about = json!({"client_name": "The crate", "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none"});
        let request = self.http.post(&self.metadata.registration_endpoint);
        let request = request.header("content-type", "application/json").body(about.to_string());
        Ok(serde_json::from_slice(&request.send().await?.error_for_status()?.bytes().await?)?)
    }

    fn client(&self, made: &Made) -> Result<Client, Failure> {
        let client = BasicClient::new(ClientId::new(made.client_id.clone()))
            .set_auth_uri(AuthUrl::new(self.metadata.authorization_endpoint.clone())?)
            .set_token_uri(TokenUrl::new(self.metadata.token_endpoint.clone())?)
            .set_redirect_uri(RedirectUrl::new(REDIRECT.to_owned())?);
        Ok(match &made.client_secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.clone())),
            None => client,
        })
    }

    /// Sends the user to the server, with a button to press there.
    fn ask(&self, client: &Client, decision: &str) -> Result<Asked, Failure> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = ["mcp:read", "mcp:write", "offline_access"].map(|scope| Scope::new(scope.to_owned()));
        let (url, state) = client
            .authorize_url(CsrfToken::new_random)
            .set_pkce_challenge(challenge)
            .add_scopes(scopes)
            .add_extra_param("resource", &self.resource)
            .url();
        let mut browser = Command::new("node");
        browser
            .arg(&self.browser)
            .arg(url.as_str())
            .env("AXANTA_DECISION", decision)
            .stderr(Stdio::inherit());
        let back = Url::parse(String::from_utf8(browser.output()?.stdout)?.trim())?;
        Ok(Asked { back, state, verifier })
    }

    async fn exchange(&self, client: &Client, asked: Asked) -> Result<BasicTokenResponse, Failure> {
        same("state", &asked.parameter("state"), &Some(asked.state.secret().clone()))?;
        let code = AuthorizationCode::new(asked.parameter("code").ok_or("no code came back")?);
        let request = client.exchange_code(code).set_pkce_verifier(asked.verifier);
        let request = request.add_extra_param("resource", &self.resource);
        Ok(request.request_async(&|request| self.send(request)).await?)
    }

    async fn refresh(&self, client: &Client, token: &RefreshToken) -> Result<BasicTokenResponse, Failure> {
        let request = client.exchange_refresh_token(token).add_extra_param("resource", &self.resource);
        Ok(request.request_async(&|request| self.send(request)).await?)
    }

    /// Calls a tool with what was granted.
    async fn call<T: DeserializeOwned>(
        &self,
        tokens: &BasicTokenResponse,
        tool: &str,
        arguments: Value,
    ) -> Result<T, Failure> {
        let params = json!({"name": tool, "arguments": arguments});
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let request = self.http.post(&self.resource).bearer_auth(tokens.access_token().secret());
        let request =
            request.header("content-type", "application/json").header("mcp-protocol-version", "2025-11-25");
        let request = request.header("accept", "application/json, text/event-stream").body(body.to_string());
        let answer: Value =
            serde_json::from_slice(&request.send().await?.error_for_status()?.bytes().await?)?;
        let content = answer.pointer("/result/structuredContent").ok_or_else(|| answer.to_string())?;
        Ok(T::deserialize(content)?)
    }

    /// The way of one client, from the browser to a refresh.
    async fn walk(&self, client: &Client, granted: &[&str]) -> Result<(), Failure> {
        let tokens = self.exchange(client, self.ask(client, "approve")?).await?;
        same("scope", &scopes(&tokens), &granted.iter().map(ToString::to_string).collect())?;
        same("lifetime", &tokens.expires_in().map(|time| time.as_secs()), &Some(3600))?;
        let sales = json!({"model": "report.sales.analysis"});
        same("a count", &(self.call::<Counted>(&tokens, "count_records", sales).await?.total > 0), &true)?;
        let write = json!({"model": "report.sales.analysis", "operation": "write"});
        let told: Access = self.call(&tokens, "explain_access", write).await?;
        let verdict = told.steps.into_iter().find(|step| step.gate == "scope").map(|step| step.verdict);
        let expected = if granted.contains(&"mcp:write") { "passed" } else { "failed" };
        same("verdict of the scope", &verdict.as_deref(), &Some(expected))?;

        let old = tokens.refresh_token().ok_or("no refresh token")?;
        let next = self.refresh(client, old).await?;
        same("scope after a refresh", &scopes(&next), &scopes(&tokens))?;
        same(
            "a rotated refresh token",
            &(next.refresh_token().map(RefreshToken::secret) == Some(old.secret())),
            &false,
        )?;
        self.call::<Value>(&next, "get_context", json!({})).await.map(drop)
    }
}

impl Asked {
    fn parameter(&self, name: &str) -> Option<String> {
        self.back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

fn scopes(tokens: &BasicTokenResponse) -> Vec<String> {
    let mut scopes: Vec<_> =
        tokens.scopes().into_iter().flatten().map(|scope| String::clone(scope)).collect();
    scopes.sort();
    scopes
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, is: &T, should: &T) -> Result<(), Failure> {
    if is == should { Ok(()) } else { Err(format!("{what} is {is:?} and not {should:?}").into()) }
}

/// That it was refused, with this error.
fn refused<T>(result: Result<T, Failure>, with: &BasicErrorResponseType) -> Result<(), Failure> {
    let Err(error) = result else { return Err("it was not refused".into()) };
    match error.downcast_ref::<Refused>() {
        Some(RequestTokenError::ServerResponse(response)) => same("the error", response.error(), with),
        _ => Err(error),
    }
}

const ALL: &[&str] = &["mcp:read", "mcp:write", "offline_access"];
const READING: &[&str] = &["mcp:read", "offline_access"];

async fn by(world: &World, method: AuthType, name: &str) -> Result<(), Failure> {
    let client = world.client(&world.made(name)?)?.set_auth_type(method);
    world.walk(&client, ALL).await
}

async fn by_itself(world: &World) -> Result<(), Failure> {
    world.walk(&world.client(&world.registered().await?)?, READING).await
}

fn denied(world: &World) -> Result<(), Failure> {
    let client = world.client(&world.made("Denied")?)?;
    let asked = world.ask(&client, "deny")?;
    same("error", &asked.parameter("error").as_deref(), &Some("access_denied"))?;
    same("state", &asked.parameter("state").as_ref(), &Some(asked.state.secret()))
}

async fn wrong_secret(world: &World) -> Result<(), Failure> {
    let made = world.made("Wrong secret")?;
    let wrong = Made { client_secret: made.client_secret.map(|secret| format!("{secret}0")), ..made };
    let client = world.client(&wrong)?;
    let asked = world.ask(&client, "approve")?;
    refused(world.exchange(&client, asked).await, &BasicErrorResponseType::InvalidClient)
}

async fn twice(world: &World) -> Result<(), Failure> {
    let client = world.client(&world.made("Twice")?)?;
    let asked = world.ask(&client, "approve")?;
    let verifier = || PkceCodeVerifier::new(asked.verifier.secret().clone());
    let again = || Asked { back: asked.back.clone(), state: asked.state.clone(), verifier: verifier() };
    let tokens = world.exchange(&client, again()).await?;
    refused(world.exchange(&client, again()).await, &BasicErrorResponseType::InvalidGrant)?;
    let dead = tokens.refresh_token().ok_or("no refresh token")?;
    refused(world.refresh(&client, dead).await, &BasicErrorResponseType::InvalidGrant)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [resource, program, browser] = arguments.as_slice() else {
        return Err("oauth-crate MCP_URL PROGRAM BROWSER".into());
    };
    rustls::crypto::ring::default_provider().install_default().map_err(|_| "TLS is set up already")?;
    let world = World::new(resource, program, browser).await?;
    let done = [
        ("a secret in the header: code, call, refresh", by(&world, AuthType::BasicAuth, "By header").await),
        ("a secret in the form: code, call, refresh", by(&world, AuthType::RequestBody, "By form").await),
        ("a public client that registers itself: code, call, refresh", by_itself(&world).await),
        ("a user who denies is heard", denied(&world)),
        ("a wrong secret is an invalid_client", wrong_secret(&world).await),
        ("a code used twice is an invalid_grant, and what it gave is dead", twice(&world).await),
    ];
    for (what, result) in &done {
        match result {
            Ok(()) => println!("ok      {what}"),
            Err(error) => println!("FAILED  {what}\n        {error:?}"),
        }
    }
    let failed = done.iter().filter(|(_, result)| result.is_err()).count();
    println!("{} passed, {failed} failed", done.len() - failed);
    if failed > 0 { Err("not all of it passed".into()) } else { Ok(()) }
}
