import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { read, write } from './stored'
import { setTimeLanguage } from './time'

export const LANGUAGES = ['vi', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

/** The kept choice, else what the browser asks for, else Vietnamese. */
export function preferred(kept: string | null, asked: readonly string[]): Language {
  const known = (code: string | null | undefined) =>
    LANGUAGES.find((language) => code?.toLowerCase().startsWith(language))
  return known(kept) ?? asked.map(known).find(Boolean) ?? 'vi'
}

async function load(language: Language) {
  return language === 'vi' ? (await import('~/locales/vi')).vi : (await import('~/locales/en')).en
}

export async function startI18n(): Promise<void> {
  const language = preferred(read<string | null>('language', null), navigator.languages)
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation: await load(language) } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  apply(language)
}

export async function speak(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', await load(language))
  }
  write('language', language)
  await i18next.changeLanguage(language)
  apply(language)
}

function apply(language: Language): void {
  document.documentElement.lang = language
  setTimeLanguage(language)
}

/** The language of what is sent to others: the one of the page. */
export const languageOf = (code: string): Language => preferred(code, [])
