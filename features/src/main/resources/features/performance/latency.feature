Feature: Latency of one request at a time
  Time to first token (TTFT) is how long a person waits for the first word,
  inter-token latency (ITL) how evenly the rest flows. Percentiles are recorded
  by HdrHistogram over 20 requests after a warm-up; budgets are configuration.

  @PF-01 @requests-22
  Scenario: Time to first token
    When the client measures 20 requests of 8 tokens that continue:
      """
      1 2 3 4 1 2 3 4 1 2
      """
    Then the time to first token keeps its budget

  @PF-02 @requests-22
  Scenario: Inter-token latency and decode rate
    When the client measures 20 requests of 32 tokens that continue:
      """
      1 2 3 4 1 2 3 4 1 2
      """
    Then the inter-token latency keeps its budget
