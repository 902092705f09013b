Feature: Broken requests are refused
  What is no request at all must not crash the worker, nor be guessed at: each
  gets 400 with the JSON error body, and no event stream. The status codes are
  those of RFC 9110, section 15.5.

  @ER-01
  Scenario Outline: A request without <field> is refused
    When the client sends a valid request without <field>
    Then the worker refuses it with 400, blaming <field>

    Examples:
      | field  |
      | job_id |
      | prompt |

  @ER-01 @smoke
  Scenario Outline: A body that is <kind> is refused
    When the client sends the body:
      """
      <body>
      """
    Then the worker refuses it with 400

    Examples:
      | kind                | body                                          |
      | not JSON            | tell me a story                               |
      | no JSON but for NaN | {"job_id":"a","prompt":"b","temperature":NaN} |
      | no JSON but for Infinity | {"job_id":"a","prompt":"b","temperature":-Infinity} |
      | JSON and more       | {"job_id":"a","prompt":"b"} {}                |
      | null                | null                                          |
      | an array            | [{"job_id":"a","prompt":"b"}]                 |
      | empty               |                                               |
      | truncated           | {"job_id":"a","prompt":"b                     |
      | a bare string       | "prompt"                                      |

  @ER-01
  Scenario: A body that is not UTF-8 is refused, or read with U+FFFD in its place
    The second is what TX-06 allows as well.
    When the client sends a valid request in GBK
    Then the worker refuses it with 400, or serves it
