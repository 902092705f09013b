Feature: A bad start is refused in one line
  Who starts a worker reads one line and mends one thing. A stack trace, exit
  status 0 or a process that hangs leaves an orchestrator restarting for ever.
  Options are set on the command line that the run was given: one of the same
  name is replaced, any other stands at its end.

  @LI-01 @side-by-side
  Scenario: Bad values of options
    When the worker is started with each of these options:
      | --port       | zero       |
      | --port       | 70000      |
      | --worker-id  | not-a-uuid |
      | --gpu-device | none       |
      | --gpu-device | 97         |
    Then each start ends with exit status 1 and a line that names the value and the mend

  @LI-01 @side-by-side
  Scenario: Model files that cannot be served
    When the worker is started with a model file that is:
      | missing              |
      | cut in its header    |
      | cut in its tensors   |
      | not GGUF             |
      | unknown architecture |
      | unknown tensor type  |
    Then each start ends with exit status 1 and a line that names the value and the mend

  @LI-01 @side-by-side
  Scenario: A port that is taken
    When the worker is started on a port that another process listens on
    Then each start ends with exit status 1 and a line that names the value and the mend

  @LI-01 @side-by-side
  Scenario: A good start tells of its load and takes its id
    When the worker is started with a worker id of the client's choice
    Then its log tells the progress of the load
    And its health tells that worker id
