// The words of the browser's language, Vietnamese when it has neither of ours.

export const word = (key: string, ...values: string[]): string => chrome.i18n.getMessage(key, values) || key

/** Why it did not work, for people: in our words where we have some, else as the server said it. */
export function reason({ code, detail }: { code: string; detail: string }): string {
  return chrome.i18n.getMessage(`problem_${code}`) || detail || word('problem_unknown')
}

/** Puts the words into a page: `data-word` for its text, `data-hint` for an empty field. */
export function fillWords(root: Document): void {
  root.documentElement.lang = chrome.i18n.getUILanguage().startsWith('vi') ? 'vi' : 'en'
  for (const element of root.querySelectorAll<HTMLElement>('[data-word]'))
    element.textContent = word(element.dataset.word ?? '')
  for (const element of root.querySelectorAll<HTMLInputElement>('[data-hint]')) {
    element.placeholder = word(element.dataset.hint ?? '')
    element.ariaLabel = element.placeholder
  }
}
