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

  @HL-03 @requests-100
  Scenario: Health answers while a long prompt is read
    When the client fills the context with a prompt and asks for health meanwhile
    Then health answered during the prefill
