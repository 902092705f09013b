Feature: Prompts of any text reach the model unchanged
  People write in every script and paste what they have. JSON lets one text be
  spelled in two ways, in UTF-8 and in escapes (RFC 8259, section 7): both must
  give one result. A prompt that was mangled on its way gives the result of the
  mangled one, which shows by its count of tokens and its text.

  @TX-03 @requests-40
  Scenario: Scripts, emoji, control characters and escapes are accepted and kept
    When the client sends each of these prompts in UTF-8 and in JSON escapes, and mangled copies of them:
      """
      scripts: "Γειά σου. Привет, мир. שלום עולם. مرحبا. नमस्ते दुनिया. 你好世界。 こんにちは。 안녕하세요. สวัสดี"
      emoji with joiners: "👩‍👩‍👧‍👦 👍🏽 🏳️‍🌈 🇩🇪 👩‍👩‍👧‍👦 👍🏽 🏳️‍🌈 🇩🇪 👩‍👩‍👧‍👦"
      more emoji: "🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀"
      joiners in words: "क्‍ष می‌خواهم 👩‍🚀 क्‍ष می‌خواهم 👩‍🚀 क्‍ष"
      combining marks: "cafe\u0301 nai\u0308ve A\u030a o\u0308 cafe\u0301 nai\u0308ve A\u030a o\u0308 cafe\u0301"
      CRLF: "one\r\ntwo\r\nthree\r\none\r\ntwo\r\nthree\r\none\r\n"
      CRLF in a letter: "Dear Ann,\r\n\r\nthank you.\r\n\r\nYours,\r\n"
      tabs: "a\tb\tc\na\tb\tc\na\tb\t"
      tabs that indent: "if x:\n\ty = 1\nelse:\n\ty ="
      control characters: "x\u0001y\u0007z\u001b[31m x\u0001y\u0007z\u001b[31m x\u0001"
      more control characters: "one\u000btwo\u000cthree\u007ffour\u0085five\u000btwo\u000cthree"
      letters beyond the first plane: "𝔘𝔫𝔦 𠜎𠜱 𓀀𓂀 𝔘𝔫𝔦 𠜎𠜱 𓀀𓂀 𝔘𝔫𝔦"
      what JSON escapes: "back\\slash \"quote\" <\/script> back\\slash \"quote\" <\/script> back"
      """
    Then the prompts reach the model unchanged
