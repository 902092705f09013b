Feature: Residency is claimed truly
  A model that runs from the CPU behind a GPU's name is slow in a way that no
  functional test shows. Health must say what is so, and what NVML and /proc tell
  of the worker's process must agree.

  @VR-07 @smoke
  Scenario: Who names no GPU does not claim to be resident
    When the client asks for health, and its host is looked at where it claims to be resident
    Then the claim of residency agrees with the GPU that health names

  @VR-01 @requests-2
  Scenario: The model's bytes are in the memory of the GPU
    When the worker's host is looked at after a generation
    Then the memory of the GPU holds the model

  @VR-03 @requests-2
  Scenario: No copy of the model stays in the host's memory
    When the worker's host is looked at after a generation
    Then the host's memory holds no copy of the model

  @VR-02 @VR-04 @requests-10
  Scenario: The GPU decodes, from its own memory
    When the worker's host is watched while it decodes for some seconds, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then next to nothing comes over PCIe, and the GPU works in every second

  @VR-08 @requests-22
  Scenario: The model is read once
    When the worker's host is watched during 20 generations that continue:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the model is not read from the disk again
