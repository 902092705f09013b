Feature: Invalid values are refused
  A worker that silently clamps a value answers another request than was asked.
  So each value outside the contract gets 400 and a JSON body that blames the
  field, and no event stream.

  @ER-01
  Scenario Outline: <field> of <value> is refused
    When the client sends a valid request but for <field>, which is:
      """
      <value>
      """
    Then the worker refuses it with 400, blaming <field>

    Examples:
      | field              | value                |
      | max_tokens         | 0                    |
      | max_tokens         | -1                   |
      | max_tokens         | 2049                 |
      | temperature        | -0.1                 |
      | temperature        | 2.1                  |
      | top_p              | -0.1                 |
      | top_p              | 1.1                  |
      | top_k              | -1                   |
      | repetition_penalty | -1                   |
      | repetition_penalty | 2.1                  |
      | max_tokens         | 1.5                  |
      | max_tokens         | "10"                 |
      | temperature        | "hot"                |
      | temperature        | "NaN"                |
      | temperature        | 1e999                |
      | temperature        | true                 |
      | top_p              | "1"                  |
      | top_k              | 1.5                  |
      | top_k              | 4294967296           |
      | min_p              | -0.1                 |
      | min_p              | 1.1                  |
      | repetition_penalty | 0                    |
      | stop               | "x"                  |
      | stop               | [""]                 |
      | stop               | ["a","b","c","d","e"] |
      | stop               | ["a",null]           |
      | stop               | {}                   |
      | stop               | [1]                  |
      | stop               | [["x"]]              |
      | seed               | -1                   |
      | seed               | 18446744073709551616 |
      | seed               | 1.5                  |
      | job_id             | ""                   |
      | job_id             | 7                    |
      | job_id             | "a\\nb"               |
      | prompt             | ""                   |
      | prompt             | []                   |
      | prompt             | 7                    |
      | prompt             | [-1]                 |

  @ER-01
  Scenario Outline: <field> of <length> characters is refused
    When the client sends a valid request but for <field>, of <length> characters
    Then the worker refuses it with 400, blaming <field>

    Examples:
      | field  | length |
      | job_id | 129    |
      | stop   | 257    |
