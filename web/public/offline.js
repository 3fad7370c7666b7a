// The page without a network: in the reader's language, and gone as soon as the network is back.
const kept = localStorage.getItem('alo.language') ?? ''
if (kept.includes('en') || (kept === '' && !navigator.language.startsWith('vi'))) {
  document.documentElement.lang = 'en'
  document.getElementById('title').textContent = 'No network'
  document.getElementById('why').textContent =
    'Alo cannot reach the exchange. This page opens by itself when the network is back.'
  document.getElementById('again').textContent = 'Try again'
}
const again = () => location.reload()
document.getElementById('again').addEventListener('click', again)
window.addEventListener('online', again)
