import { useState } from 'react'
import { pictureAddress } from '../protocol/pictures'
import { channel } from '../ui/work.zh'

/** A picture that the client sent; a tap opens it in a tab of its own. */
export function Picture({ conversationId, name }: { conversationId: string; name: string }) {
  const [gone, setGone] = useState(false)
  const address = pictureAddress(conversationId, name)
  if (gone) return <div className="bubble quiet-text">{channel.pictureGone}</div>
  return (
    <a className="picture" href={address} target="_blank" rel="noreferrer" title={channel.openPicture} data-testid="picture">
      <img src={pictureAddress(conversationId, name, true)} alt={channel.picture} loading="lazy" onError={() => setGone(true)} />
    </a>
  )
}
