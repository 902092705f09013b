Feature: Latency of one request at a time
  Time to first token (TTFT) is how long a person waits for the first word,
  inter-token latency (ITL) how evenly the rest flows. Percentiles are recorded
  by HdrHistogram over 20 requests after a warm-up; budgets are configuration.

  @PF-01 @requests-22
  Scenario: Time to first token
    When the client measures 20 requests of up to 4 tokens that continue:
      """
      1 2 3 4 1 2 3 4 1 2
      """
    Then the time to first token keeps its budget

  @PF-02 @requests-24
  Scenario: Inter-token latency and decode rate
    When the client measures 20 requests of up to 64 tokens that continue:
      """
      1 2 3 4 1 2 3 4 1 2
      """
    Then the inter-token latency keeps its budget and nothing stalls in every generation

  @PF-03 @requests-250
  Scenario: Health while the engine generates
    When the client asks for health again and again during up to 4 long generations that continue:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the 99th percentile of health keeps its budget
