Feature: Slow readers get the same
  A phone on a bad line reads slowly. Its text may come late, but it must be the
  text: a worker whose buffer is full waits or ends with an error, it does not
  drop tokens. TCP tells it by a window that closes, RFC 9293, section 3.8.

  @DT-09 @requests-6
  Scenario: Single bytes and pauses change nothing
    When the client takes the text at once, in single bytes, with a pause of 1200 ms and with many short ones, continuing one of:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      tick tock tick tock tick tock tick tock tick tock tick tock tick
      The cat sat on the mat. The dog sat on the log. The cat sat on the mat. The dog sat on the log. The cat sat
      """
    Then every reader gets the same events and text
