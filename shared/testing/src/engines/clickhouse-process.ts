/** Started by `askClickHouse`: the module and the statements are its arguments, the rows of each statement its output, as JSON. */
const [module, statements] = process.argv.slice(2)
const { query } = (await import(module)) as { readonly query: (statement: string, format: string) => string }

const rowsOf = (lines: string): unknown[] =>
  lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)

const answers = (JSON.parse(statements) as string[]).map((statement) => rowsOf(query(statement, 'JSONEachRow')))
process.stdout.write(JSON.stringify(answers))
