import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { fileAddress } from '../protocol/pictures'
import { type Upload } from '../protocol/uploads'
import { files } from '../ui/files.zh'
import { DocumentIcon } from '../ui/icons'
import { common } from '../ui/messages.zh'
import './files.css'
import { type Uploads } from './uploads'

/** A picture that the client sent, in little; a tap opens the whole one. */
export function Picture({ name }: { name: string }) {
  const [gone, setGone] = useState(false)
  if (gone) return <div className="bubble">{files.pictureGone}</div>
  return (
    <a className="photo" href={fileAddress(name)} target="_blank" rel="noreferrer" data-testid="photo">
      <img src={fileAddress(name, true)} alt={files.picture} onError={() => setGone(true)} />
    </a>
  )
}

export function Document({ name, title }: { name: string; title: string }) {
  return (
    <a className="bubble document" href={fileAddress(name)} download aria-label={files.document(title)} data-testid="document">
      <DocumentIcon />
      <span>{title}</span>
    </a>
  )
}

/** What is on its way, each with its progress and a way out. */
export function Sendings({ uploads }: { uploads: Uploads }) {
  const all = useSyncExternalStore(uploads.store.watch, uploads.store.read)
  if (all.length === 0) return null
  return (
    <ol className="lines" data-testid="uploads">
      {all.map((one) => <Row key={one.id} one={one} uploads={uploads} />)}
    </ol>
  )
}

function Row({ one, uploads }: { one: Upload; uploads: Uploads }) {
  const { id, name, bytes, state, share, why } = one
  const percent = Math.round(share * 100)
  return (
    <li className="line line-client" data-testid="upload" data-state={state}>
      <span className="sr">{common.author.client}</span>
      <div className={state === 'sending' ? 'upload' : 'upload upload-bad'}>
        <Preview file={uploads.fileOf(id)} />
        <div className="upload-words">
          <b>{name}</b>
          {state === 'sending' ? (
            <>
              <progress max={100} value={percent} aria-label={files.progress(name)} />
              <span>{percent < 100 ? files.sending(percent) : files.storing}</span>
            </>
          ) : (
            <span role="alert">{state === 'failed' ? files.failed : why}</span>
          )}
          <small>{files.size(bytes)}</small>
        </div>
      </div>
      <div className="upload-ways">
        {state === 'failed' && <button type="button" onClick={() => uploads.again(id)}>{files.again}</button>}
        <button type="button" onClick={() => uploads.drop(id)}>{state === 'sending' ? files.cancel : files.drop}</button>
      </div>
    </li>
  )
}

const SIDE = 56

/** The picture before it is sent, drawn: a `blob:` address would need an exception of the page's policy. */
function Preview({ file }: { file: File | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [drawn, setDrawn] = useState(false)
  useEffect(() => {
    if (!file?.type.startsWith('image/') || !('createImageBitmap' in window)) return
    let over = false
    createImageBitmap(file).then(
      (bitmap) => {
        const context = canvas.current?.getContext('2d')
        if (over || !context) return
        const part = Math.min(bitmap.width, bitmap.height)
        context.drawImage(bitmap, (bitmap.width - part) / 2, (bitmap.height - part) / 2, part, part, 0, 0, SIDE * 2, SIDE * 2)
        setDrawn(true)
      },
      () => undefined,
    )
    return () => {
      over = true
    }
  }, [file])
  return (
    <span className="upload-look" aria-hidden="true">
      <canvas ref={canvas} width={SIDE * 2} height={SIDE * 2} hidden={!drawn} />
      {!drawn && <DocumentIcon />}
    </span>
  )
}
