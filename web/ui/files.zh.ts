/** Texts about files in the chat, and about the page inside of an institution's. */

export const files = {
  attach: '发送图片或文件',
  picture: '您发送的图片，点按查看大图',
  pictureGone: '图片打不开了',
  document: (title: string) => `文件：${title}，点按下载`,
  size: (bytes: number) => (bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`),
  sending: (percent: number) => `正在发送 ${percent}%`,
  storing: '已传完，正在保存',
  progress: (name: string) => `${name} 的发送进度`,
  failed: '没有发出去，请检查网络',
  large: '文件太大了，最大 10 MB',
  kind: '暂时只能发送 JPG、PNG、GIF、WebP 图片和 PDF 文件',
  cancel: '取消',
  again: '重试',
  drop: '删除',
  wholeText: '点按立即显示全文',
}
