Feature: What answers give away
  Debug routes that list running prompts were on by default in servers that
  many use, and error messages name paths and users. Nothing of another job,
  and nothing of the worker's inside, belongs into an answer.

  @SE-05 @requests-90 @beyond-scripted
  Scenario: Neither well-known routes nor errors tell of others or of the inside
    When a job with a secret prompt runs, while another client asks for each of these routes, and again after it:
      """
      /health /healthz /status /info /version /metrics /stats /v1/models /models /props
      /slots /queue /requests /jobs /tasks /sessions /history /logs /log /debug /debug/vars
      /debug/pprof /config /env /actuator /actuator/env /actuator/heapdump /admin /api/ps
      /api/tags /get_server_info /server_info /load /cache /docs /openapi.json /
      """
    And the client provokes errors of every kind
    Then none of the answers tells of the job or of the worker's inside
