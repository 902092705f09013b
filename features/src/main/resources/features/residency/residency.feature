Feature: Residency is claimed truly
  A model that runs from the CPU behind a GPU's name is slow in a way that no
  functional test shows. Health must say what is so.

  @VR-07 @smoke
  Scenario: Who names no GPU does not claim to be resident
    When the client asks for health
    Then the claim of residency agrees with the GPU that health names

  @VR-01
  Scenario: The model's bytes are in the memory of the GPU
    This needs evidence from the worker's host; a worker that does not claim to
    be resident is not judged.
    When the client asks for health
    Then the memory of the GPU holds the model
