/** The chat's few icons, drawn here: no icon library is worth its weight on a phone. */

const draw = (path: string) =>
  function Icon() {
    return (
      <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
        <path d={path} />
      </svg>
    )
  }

export const MoreIcon = draw('M5.5 12h.01M12 12h.01M18.5 12h.01')
export const SendIcon = draw('M12 20V5M5.5 11.5 12 5l6.5 6.5')
export const DownIcon = draw('M12 4v15M5.5 12.5 12 19l6.5-6.5')
export const SpeakerIcon = draw('M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11')
export const MicIcon = draw('M12 3.5a2.8 2.8 0 0 0-2.8 2.8v5a2.8 2.8 0 1 0 5.6 0v-5A2.8 2.8 0 0 0 12 3.5zM5.8 11.2a6.2 6.2 0 0 0 12.4 0M12 17.5v3')
export const AttachIcon = draw('M12 5v14M5 12h14')
export const DocumentIcon = draw('M7 3.5h6.5L18 8v12.5H7zM13.5 3.5V8H18')
export const PersonIcon = draw('M12 11.5a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2zM4.8 20c.7-3.6 3.6-5.5 7.2-5.5s6.5 1.9 7.2 5.5')
