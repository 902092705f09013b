Feature: The declared context length is true
  A worker that cuts a long prompt short answers a question that nobody asked.
  The client finds prompts of an exact length from outside, by the counts that
  the worker itself reports, and stands on both sides of the limit.

  @CX-01 @requests-6
  Scenario: The last token that fits is served and one more is refused
    When the client fills the context with a prompt and 4 tokens to generate
    Then the worker serves it
    When the client asks for one token more with the same prompt
    Then the worker refuses it before any event and tells the three numbers
    When the client asks for 1 token with a prompt of the whole context
    Then the worker refuses it before any event and tells the three numbers
