Feature: What health says
  Schedulers, dashboards and this kit read /health, so its members and their
  types are part of the contract, version 1.

  @HL-01 @smoke
  Scenario: Health names the worker, the model and its memory
    When the client asks for health
    Then health has every member, each of its type
