Feature: Job ids from strangers
  A job id comes back in events and stands in logs. One that holds a line end
  could write events, headers or log lines of its own; so it is refused. Any
  other comes back as it was sent.

  @SE-02 @requests-15 @beyond-scripted
  Scenario: Ids that could break a line are refused, odd ones echoed
    When the client sends job ids that would break a line or are too long, and odd but legal ones
    Then the first are refused without a trace, and the others come back exactly
