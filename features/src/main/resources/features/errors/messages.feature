Feature: Error messages help and give nothing away
  A program reads the code, which is one of a stable set; a person reads the
  message, which names the field and what it accepts. Neither shows a stack
  trace, a path or an address (OWASP, Improper Error Handling).

  @ER-02
  Scenario Outline: The message for <field> of <value> names the field and its range
    When the client sends a valid request but for <field>, which is:
      """
      <value>
      """
    Then the message names <field> and the range <range>, and nothing of the inside

    Examples:
      | field              | value | range   |
      | max_tokens         | 0     | 1, 2048 |
      | max_tokens         | -1    | 1, 2048 |
      | max_tokens         | 2049  | 1, 2048 |
      | temperature        | -0.1  | 0, 2    |
      | temperature        | 2.1   | 0, 2    |
      | top_p              | -0.1  | 0, 1    |
      | top_p              | 1.1   | 0, 1    |
      | top_k              | -1    | 0       |
      | repetition_penalty | -1    | 0, 2    |
      | repetition_penalty | 2.1   | 0, 2    |
      | min_p              | 1.1   | 0, 1    |
      | seed               | -1    | 0       |
      | stop               | ["a","b","c","d","e"] | 4 |

  @ER-02 @smoke
  Scenario: The message for a missing prompt names it
    When the client sends a valid request without prompt
    Then the message names prompt, and nothing of the inside

  @ER-02
  Scenario: The message for a value of another type names the field
    When the client sends a valid request but for max_tokens, which is:
      """
      "ten"
      """
    Then the message names max_tokens, and nothing of the inside

  @ER-02
  Scenario Outline: The message for <kind> gives nothing away
    When the client sends the body:
      """
      <body>
      """
    Then the message says nothing of the inside

    Examples:
      | kind             | body                      |
      | what is not JSON | {"job_id": "a", prompt: b |
      | an array         | [1]                       |

  @ER-02
  Scenario: The message for an unknown route gives nothing away
    When the client sends GET to /no-such-route/etc/passwd
    Then the message says nothing of the inside
