// A zip archive (PKWARE APPNOTE 6.3.10) of a few small files. The same files make the same bytes: no clock is read.
import { crc32, deflateRawSync } from 'node:zlib'

const VERSION = 20
const UTF8_NAMES = 0x0800
const DEFLATED = 8
/** The first of January 1980, the earliest day that the format knows. */
const DAY = 0x21

/** The archive of files given as {name, bytes}. */
export function zip(files) {
  const bodies = []
  const directory = []
  let at = 0
  for (const { name, bytes } of files) {
    const title = Buffer.from(name)
    const packed = deflateRawSync(bytes, { level: 9 })
    const about = Buffer.alloc(26)
    about.writeUInt16LE(VERSION, 0)
    about.writeUInt16LE(UTF8_NAMES, 2)
    about.writeUInt16LE(DEFLATED, 4)
    about.writeUInt16LE(DAY, 8)
    about.writeUInt32LE(crc32(bytes), 10)
    about.writeUInt32LE(packed.length, 14)
    about.writeUInt32LE(bytes.length, 18)
    about.writeUInt16LE(title.length, 22)
    const body = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), about, title, packed])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(at, 10)
    const madeBy = Buffer.from([VERSION, 0])
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), madeBy, about, rest, title]))
    bodies.push(body)
    at += body.length
  }
  const index = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(index.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...bodies, index, end])
}
