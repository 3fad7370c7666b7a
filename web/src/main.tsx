import '@fontsource/be-vietnam-pro/vietnamese-400.css'
import '@fontsource/be-vietnam-pro/latin-400.css'
import '@fontsource/be-vietnam-pro/vietnamese-500.css'
import '@fontsource/be-vietnam-pro/latin-500.css'
import '@fontsource/be-vietnam-pro/vietnamese-600.css'
import '@fontsource/be-vietnam-pro/latin-600.css'
import './styles/base.css'
import './styles/shell.css'
import './styles/page.css'
import './styles/table.css'
import './styles/small.css'
import './styles/gate.css'
import './styles/access.css'
import './styles/palette.css'
import './styles/call.css'
import './styles/ladder.css'
import './styles/home.css'
import './styles/flow.css'
import './styles/contacts.css'
import './styles/figures.css'
import './styles/wall.css'
import './styles/support.css'
import { createRoot } from 'react-dom/client'
import { App } from './app/App'
import { hearInstall } from './lib/app/install'
import { startWorker } from './lib/app/worker'
import { startI18n } from './lib/i18n'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
hearInstall()
if (import.meta.env.PROD) startWorker()
startI18n().then(() => createRoot(root).render(<App />))
