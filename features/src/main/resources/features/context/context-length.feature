Feature: The declared context length is true
  A worker that cuts a long prompt short answers a question that nobody asked.
  The client finds prompts of an exact length from outside, by the counts that
  the worker itself reports, and stands on both sides of the limit.

  @CX-01 @requests-12
  Scenario: The last token that fits is served and one more is refused
    When the client fills the context with a prompt and 4 tokens to generate
    Then the worker serves it
    When the client asks for one token more with the same prompt
    Then the worker refuses it before any event and tells the three numbers
    When the client asks for 1 token with a prompt of the whole context
    Then the worker refuses it before any event and tells the three numbers

  @CX-01 @requests-2
  Scenario: What is far over the context is refused, and does no harm
    When the client asks for 4 tokens after a prompt of about twice the context, and then continues:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then it is refused before any event, and the short request is served

  @CX-01 @requests-20
  Scenario: Prompts that fit are counted in full, however long
    When the client asks for 4 tokens after prompts of 45, 55, 95 percent of the context
    Then each prompt is served and counted in full

  @CX-02 @native @requests-16
  Scenario: Who names no limit gets what is left of the context
    When the client names no limit of tokens after prompts that leave 8, 40 tokens, and after a short one, each ending with one of:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      one two three four one two three four one two three
      abc abc abc abc abc abc abc
      """
    Then as many tokens come as were left, and never more than 2048

  @CX-04 @requests-20
  Scenario: The first sentence of a full context counts
    When the client fills the context but for 16 tokens after each first sentence of:
      """
      Anna paints red boats in the harbour of a small town.
      7 14 21 28 35 42 49 56 63 70 77 84.
      Der Zug nach Hamburg hat heute Verspätung.
      def add(a, b): return a + b
      THE COURT FINDS FOR THE PLAINTIFF ON ALL COUNTS!
      """
    Then the first sentence makes a difference to the continuation

  @CX-05 @requests-30
  Scenario: Long requests that come to nothing leave no trace
    When the client has 12 prompts over the context refused, gives up 4 others in their prefill, and continues after each kind:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the short request gives its usual text each time
