Feature: Failures in mid-stream, ids and unknown fields
  A client that meets a cut connection cannot know whether to ask again. So a job
  that fails says so by one error event. Whose fields are newer than the worker is
  served; whose id is taken is refused, or two clients would share a stream.

  @ER-04 @native @requests-6
  Scenario: A job that fails after started ends with one error event
    When the client cancels 3 running generations, each continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then each that was cut short ends with one error event, and the body closes

  @ER-05 @native @requests-5
  Scenario: Unknown members are ignored
    When the client asks for 24 tokens, without and with each of these unknown members, to continue "1 2 3 4 5 6 7 8 1 2 3 4":
      """
      "x_touchstone_text":"anything","x_touchstone_null":null
      "x_touchstone_number":-1.5e300,"Max_Tokens":1,"x_touchstone_list":[1,[2,{}],"€"]
      "x_touchstone_object":{"prompt":"another","max_tokens":0,"job_id":""}
      """
    Then the unknown members change nothing

  @ER-05 @native @requests-8
  Scenario: A job's id is its own while it runs
    When the client uses the id of a running job again, and once more after its end, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the running job keeps its id to itself, unharmed, until it has finished
