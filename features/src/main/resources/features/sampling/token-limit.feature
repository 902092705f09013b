Feature: The limit on tokens is exact
  Clients pay by the token and plan by it. One token more or fewer than asked is
  the classic off-by-one of a decode loop. If the model ends a text by itself
  the limit cannot show, and the client tries the next prompt.

  @SP-01 @requests-8 @smoke
  Scenario: Exactly as many tokens as asked
    When the client asks for 1, 2, 7, 64 tokens to continue one of:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      tick tock tick tock tick tock tick tock tick tock tick tock tick
      The cat sat on the mat. The dog sat on the log. The cat sat on the mat. The dog sat on the log. The cat sat
      """
    Then exactly as many tokens come as were asked for
