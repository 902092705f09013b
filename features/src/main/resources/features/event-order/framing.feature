Feature: Frames on the wire
  A reader of server-sent events drops what it cannot parse without a word, so a
  frame that is slightly wrong loses text. The standard is the WHATWG HTML
  standard, section 9.2.6. Comments, unknown fields and unknown events are legal.

  @EV-06 @smoke
  Scenario: Every frame is well-formed, also where the text has line ends
    When the client asks for 64 tokens to continue:
      """
      data: one
      event: two

      data: one
      event: two

      data: one
      event: two

      data: one
      """
    Then every frame is well-formed and carries one JSON object

  @EV-07 @requests-4
  Scenario: Tokens are sent as they are produced
    A buffer anywhere in the worker makes a person wait for text that is there.
    When the client asks for a generation of at least 200 ms to continue one of:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      tick tock tick tock tick tock tick tock tick tock tick tock tick
      The cat sat on the mat. The dog sat on the log. The cat sat on the mat. The dog sat on the log. The cat sat
      """
    Then the tokens arrive as they are produced

  @EV-07 @requests-4
  Scenario: Tokens are sent as they are produced to a client that takes compression
    Nearly every client sends Accept-Encoding, and a layer that compresses likes to
    wait for more. Whether the worker compresses is its own affair.
    When the client, which takes gzip, asks for a generation of at least 200 ms to continue one of:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      tick tock tick tock tick tock tick tock tick tock tick tock tick
      The cat sat on the mat. The dog sat on the log. The cat sat on the mat. The dog sat on the log. The cat sat
      """
    Then the tokens arrive as they are produced
