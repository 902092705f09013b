Feature: Logs that keep secrets
  Logs are copied, shipped and kept for years. At the default level they name
  jobs and counts, and never what people wrote or were told.

  @ME-02 @SE-02 @requests-20 @beyond-scripted @side-by-side
  Scenario: The log has ids and counts, and no prompts, texts or forged lines
    When a further worker serves, refuses and cancels jobs with secret prompts, and is sent malicious job ids
    Then its log has the job ids and counts, but no prompt, no text and no line that an id began
