import { useEffect, useState } from 'react'
import { type Booked, type Slot, type WayOut } from '../protocol/appointments'
import { leaving } from '../ui/leave.zh'
import { type ChatSession } from './session'

interface Props {
  session: ChatSession
  onFailed: (action: Promise<void>) => void
}

const WAYS: WayOut[] = ['message', 'callback', 'appointment']

/** Instead of a long wait: a message, a call-back, an appointment. */
export function Leaving({ session, onFailed }: Props) {
  const [way, setWay] = useState<WayOut | null>(null)
  const [text, setText] = useState('')
  const leave = (slot?: Slot) => way && onFailed(session.leave(way, text, slot))
  return (
    <section className="leaving" aria-label={leaving.lead} data-testid="leaving">
      {way === null && (
        <>
          <p>{leaving.lead}</p>
          <div className="leaving-ways">
            {WAYS.map((one) => <button key={one} type="button" onClick={() => setWay(one)}>{leaving.ways[one]}</button>)}
          </div>
        </>
      )}
      {way !== null && way !== 'appointment' && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            leave()
          }}
        >
          <textarea
            rows={2}
            maxLength={1000}
            value={text}
            aria-label={way === 'message' ? leaving.messageHint : leaving.callbackHint}
            placeholder={way === 'message' ? leaving.messageHint : leaving.callbackHint}
            onChange={(event) => setText(event.target.value)}
          />
          <div className="leaving-ways">
            <button type="submit" className="primary" disabled={way === 'message' && !text.trim()}>{leaving.send}</button>
            <button type="button" onClick={() => setWay(null)}>{leaving.back}</button>
          </div>
        </form>
      )}
      {way === 'appointment' && <Slots session={session} onPick={leave} onBack={() => setWay(null)} />}
    </section>
  )
}

function Slots({ session, onPick, onBack }: { session: ChatSession; onPick: (slot: Slot) => void; onBack: () => void }) {
  const [slots, setSlots] = useState<Slot[] | null>(null)
  useEffect(() => {
    let wanted = true
    session.slots().then((found) => wanted && setSlots(found), () => wanted && setSlots([]))
    return () => {
      wanted = false
    }
  }, [session])
  return (
    <>
      <p role="status">{slots === null ? leaving.loading : slots.length > 0 ? leaving.choose : leaving.noSlots}</p>
      <div className="leaving-ways leaving-slots">
        {slots?.map((slot) => (
          <button key={slot.at} type="button" data-testid="slot" onClick={() => onPick(slot)}>
            {leaving.slot(slot.words, slot.advisor.role + slot.advisor.name)}
          </button>
        ))}
        <button type="button" onClick={onBack}>{leaving.back}</button>
      </div>
    </>
  )
}

export function BookedBanner({ booked, session, onFailed }: Props & { booked: Booked }) {
  return (
    <div className="banner banner-booked" data-testid="booked">
      <div>{leaving.booked(booked.words, booked.advisor.role + booked.advisor.name)}</div>
      <a href={`/api/chat/appointments/${encodeURIComponent(booked.id)}.ics`} download="appointment.ics">{leaving.calendar}</a>
      <button type="button" onClick={() => confirm(leaving.cancelAsk) && onFailed(session.cancelAppointment(booked.id))}>{leaving.cancel}</button>
    </div>
  )
}
