import type { FormInstance } from 'antd'
import type { MessageInstance } from 'antd/es/message/interface'
import type { TFunction } from 'i18next'
import { Problem } from '~/api/client'
import { problemText } from '~/lib/problem'

/** Puts a refusal where it belongs: beside its fields, else as a message. What was typed stays. */
export function showProblem<T>(
  error: unknown,
  form: FormInstance<T>,
  message: MessageInstance,
  t: TFunction,
): void {
  const known = Object.keys(form.getFieldsValue(true) as object)
  const fields = error instanceof Problem ? error.fields : []
  const mine = fields.filter(({ name }) => known.includes(topOf(name)))
  if (mine.length > 0) {
    form.setFields(
      mine.map((field) => ({ name: topOf(field.name), errors: [fieldText(field, error, t)] })) as never,
    )
    form.scrollToField(topOf(mine[0]?.name ?? '') as never, { block: 'center', focus: true })
  }
  if (mine.length < fields.length || fields.length === 0) message.error(problemText(error, t))
}

/** `members[2]` and `target.id` belong to the fields `members` and `target`. */
const topOf = (name: string): string => name.split(/[.[]/)[0] ?? name

/** The server's sentence in the reader's language where we know it, else as it was said. */
function fieldText({ message }: { message: string }, error: unknown, t: TFunction): string {
  const said = t('said', { returnObjects: true }) as Record<string, string>
  const clash = error instanceof Problem && error.code !== 'invalid_field'
  return said[message] ?? (clash ? problemText(error, t) : message)
}
