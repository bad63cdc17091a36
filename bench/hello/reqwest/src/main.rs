//! Asks one question with reqwest alone.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = std::env::var("AZURE_OPENAI_ENDPOINT")?;
    let answer: serde_json::Value = reqwest::Client::builder()
        .build()?
        .post(format!("{endpoint}/openai/v1/chat/completions"))
        .header("api-key", std::env::var("AZURE_OPENAI_API_KEY")?)
        .json(&serde_json::json!({
            "model": "gpt-4o-mini",
            "messages": [{"role": "user", "content": "Say hello."}],
        }))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    println!("{}", answer["choices"][0]["message"]["content"]);
    Ok(())
}
