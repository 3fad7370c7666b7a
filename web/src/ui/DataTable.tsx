import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, type ReactNode, useEffect, useRef } from 'react'

export interface Column<T> {
  key: string
  title: string
  cell: (row: T) => ReactNode
  /** CSS width; the rest is shared. */
  width?: string
  align?: 'right'
  /** Shown on a phone too. */
  narrow?: boolean
}

interface Props<T> {
  label: string
  columns: Column<T>[]
  rows: T[]
  rowKey: (row: T) => string
  /** Where a row leads; its first cell becomes the link. The same function each time spares the rows. */
  to?: (row: T) => { to: string; params?: Record<string, string>; search?: Record<string, unknown> }
  /** The last row is in sight and there is more. */
  onEnd?: (() => void) | undefined
  footer?: ReactNode
}

const ROW_PX = 45

/** A table of any length: only the rows in sight are drawn. */
export function DataTable<T>({ label, columns, rows, rowKey, to, onEnd, footer }: Props<T>) {
  const frame = useRef<HTMLElement>(null)
  const rowsInSight = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  })
  const shown = rowsInSight.getVirtualItems()
  const last = shown.at(-1)?.index ?? -1
  useEffect(() => {
    if (last >= rows.length - 5) onEnd?.()
  }, [last, rows.length, onEnd])
  const before = shown[0]?.start ?? 0
  const after = rowsInSight.getTotalSize() - (shown.at(-1)?.end ?? 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section className="table-frame" ref={frame} tabIndex={0} aria-label={label}>
      <table className="table" aria-rowcount={rows.length}>
        <colgroup>
          {columns.map((column) => (
            <col
              key={column.key}
              style={{ width: column.width }}
              className={column.narrow ? '' : 'wide-only'}
            />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} className={classOf(column)} scope="col">
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Gap px={before} columns={columns.length} />}
          {shown.map(({ index }) => {
            const row = rows[index] as T
            return <Row key={rowKey(row)} row={row} index={index} columns={columns} to={to} />
          })}
          {after > 0 && <Gap px={after} columns={columns.length} />}
        </tbody>
      </table>
      {footer}
    </section>
  )
}

interface RowProps<T> {
  row: T
  index: number
  columns: Column<T>[]
  to: Props<T>['to']
}

/** A row; it is drawn once, and anew only when it or the columns change. */
const Row = memo(function Row<T>({ row, index, columns, to }: RowProps<T>) {
  return (
    <tr data-index={index} className={to ? 'row-link' : undefined}>
      {columns.map((column, place) => (
        <td key={column.key} className={classOf(column)}>
          {to && place === 0 ? (
            <Link {...(to(row) as { to: '/' })}>{column.cell(row)}</Link>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
    </tr>
  )
}) as <T>(props: RowProps<T>) => ReactNode

function Gap({ px, columns }: { px: number; columns: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row without content takes no focus
    <tr aria-hidden="true">
      <td colSpan={columns} style={{ height: px, padding: 0, border: 0 }} />
    </tr>
  )
}

function classOf<T>(column: Column<T>): string | undefined {
  const classes = [column.align === 'right' && 'right', !column.narrow && 'wide-only'].filter(Boolean)
  return classes.length > 0 ? classes.join(' ') : undefined
}
