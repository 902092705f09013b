Feature: Whole characters
  One character may take several tokens. A worker that decodes each token alone
  sends broken halves: U+FFFD, lone surrogates or bytes that are no UTF-8. The
  encoding is that of RFC 3629; JSON text is UTF-8 by RFC 8259, section 8.1.

  @TX-01 @requests-3 @smoke
  Scenario: Characters that span tokens arrive whole
    When the client asks for 48 tokens to continue each line of:
      """
      🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀
      春夏秋冬春夏秋冬春夏秋冬春夏秋冬春夏秋冬春夏
      žluťoučký kůň žluťoučký kůň žluťoučký kůň žluťoučký kůň
      """
    Then the text has whole characters only
