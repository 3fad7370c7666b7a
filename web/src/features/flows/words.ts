import { useTranslation } from 'react-i18next'

/** A fault in the reader's language: ours by its key, the server's as it said it. */
export function useFaultText() {
  const { t } = useTranslation()
  return ({ field, message }: { field: string; message: string }): string => {
    const known = t(`fault.${message}`, { field, defaultValue: '', nsSeparator: false })
    return known || `${field === '' ? '' : `${field}: `}${message}`
  }
}
