Feature: Memory stays flat
  A leak of a few KiB a job ends a worker after a week. Cancelled and refused
  requests take the rarest paths, and distinct prompts and options keep caches
  from hiding the growth.

  @VR-05 @requests-110
  Scenario: GPU memory after 100 mixed requests
    When the worker's host is looked at before and after 100 requests with cancels and refusals among them
    Then the memory of the GPU is what it was

  @LI-05 @requests-520
  Scenario: Host memory over 500 short jobs
    When the worker's host is watched after the first 100 and after 500 short jobs with distinct prompts and options
    Then the host's memory has not grown

  @VR-06 @side-by-side
  Scenario: Too little GPU memory at the start
    When the worker is started with a model larger than the GPU
    Then it ends with exit status 1 and a line that names both amounts, device and model
