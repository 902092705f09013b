Feature: Health during inference
  An orchestrator that gets no answer from a busy worker restarts it and loses
  its work. So health answers while the engine decodes and prefills, and asking
  does not make the engine wait.

  @HL-02 @requests-100
  Scenario: Fifty health calls during a generation all answer in time
    When the client asks for long generations and for health at least 50 times meanwhile, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then health answered in time and the stream did not stall

  @HL-02 @requests-44
  Scenario: Health answers while more clients wait than there are threads
    When 24 clients wait for long generations and the client asks for health 20 times, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then health answered in spite of the crowd

  @HL-03 @requests-100
  Scenario: Health answers while a long prompt is read
    When the client fills the context with a prompt and asks for health meanwhile
    Then health answered during the prefill

  @HL-04 @native @requests-400
  Scenario: Health shows that a job runs, and that none does
    When the client watches health during up to 2 generations of about 300 ms and after each, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then health showed each generation, and none after it
