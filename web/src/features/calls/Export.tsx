import { serverNow } from '~/lib/time'
import { Download } from '~/ui/Download'
import { type CallSearch, queryOf } from './filter'

/** All calls of the list, not only those in sight, as a file for spreadsheets. */
export function Export({ search }: { search: CallSearch }) {
  return <Download path="/calls/export" query={queryOf(search, serverNow())} />
}
