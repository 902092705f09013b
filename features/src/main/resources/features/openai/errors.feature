Feature: Errors in the form of the OpenAI API
  Official clients turn a status into an exception and read error.message and
  error.code. So errors have that form, whatever the worker's own form is. Values
  outside the ranges of OpenAI's public API reference are invalid.

  @OA-04
  Scenario Outline: <member> of <value> is invalid for <route>
    When the client sends <route> a valid request but for <member>, which is:
      """
      <value>
      """
    Then the worker refuses it with 400 in the OpenAI form

    Examples:
      | route       | member      | value                     |
      | completions | temperature | 2.1                       |
      | completions | temperature | "hot"                     |
      | completions | top_p       | 1.1                       |
      | completions | max_tokens  | -1                        |
      | completions | max_tokens  | "ten"                     |
      | completions | stop        | ["a","b","c","d","e"]     |
      | chat        | temperature | -0.1                      |
      | chat        | top_p       | -0.1                      |
      | chat        | max_tokens  | 1.5                       |
      | chat        | messages    | []                        |
      | chat        | messages    | "hello"                   |
      | chat        | messages    | [{"role":"user"}]         |

  @OA-04
  Scenario Outline: A body for <route> that is <kind> is invalid
    When the client sends <route> the body:
      """
      <body>
      """
    Then the worker refuses it with 400 in the OpenAI form

    Examples:
      | route       | kind            | body              |
      | completions | not JSON        | tell me a story   |
      | chat        | truncated       | {"model":"a","me  |
      | chat        | without members | {}                |

  @OA-04 @requests-2
  Scenario Outline: A prompt over the context is refused by <route> as context_length_exceeded
    When the client sends <route> a prompt that is longer than the context
    Then the worker refuses it as context_length_exceeded in the OpenAI form

    Examples:
      | route       |
      | completions |
      | chat        |

  @OA-04 @requests-2
  Scenario: A system message over the context is refused, not left out
    When the client sends chat a system message that is longer than the context
    Then the worker refuses it as context_length_exceeded in the OpenAI form

  @OA-04
  Scenario Outline: <member> of <value>, which few workers take, is served or refused
    The worker that takes it must check it: an engine that meets it may die of it.
    When the client sends <route> a valid request but for <member>, which is:
      """
      <value>
      """
    Then the worker serves it, or refuses it with 400 in the OpenAI form

    Examples:
      | route       | member          | value                    |
      | completions | stream          | "false"                  |
      | completions | stop_token_ids  | [-1, 4294967295]         |
      | completions | guided_regex    | "(("                     |
      | chat        | response_format | {"type":"no_such_type"}  |

  @OA-04 @OA-07
  Scenario Outline: A model that the worker does not have is not served by <route>
    When the client asks <route> for the model "touchstone-no-such-model"
    Then the worker does not know the model

    Examples:
      | route       |
      | completions |
      | chat        |

  @OA-07
  Scenario Outline: <member> is honoured by <route> or refused, never ignored
    When the client asks <route> for 32 tokens with <member>, which is:
      """
      <value>
      """
    Then the worker honours <wish> or refuses it

    Examples:
      | route       | member                | value                                                                                                                         | wish        |
      | completions | n                     | 2                                                                                                                             | two choices |
      | chat        | n                     | 2                                                                                                                             | two choices |
      | completions | logprobs              | 2                                                                                                                             | logprobs    |
      | chat        | logprobs              | true                                                                                                                          | logprobs    |
      | chat        | response_format       | {"type":"json_object"}                                                                                                        | JSON object |
      | chat        | tools                 | [{"type":"function","function":{"name":"now","description":"Tells the time","parameters":{"type":"object","properties":{}}}}] | tool call   |
      | chat        | max_completion_tokens | 7                                                                                                                             | few tokens  |

  @OA-06
  Scenario: The list of models names the model that is served
    When the client asks for the list of models
    Then the list names the worker's model
