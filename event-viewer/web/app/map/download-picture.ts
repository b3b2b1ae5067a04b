/** Saves a picture of the map as a file with the time in its name. */
export const downloadPicture = (picture: Blob, time = new Date()): void => {
  const link = document.createElement('a')
  const url = URL.createObjectURL(picture)
  link.href = url
  link.download = `fleetlake-${time.toISOString().slice(0, 19).replaceAll(':', '')}Z.png`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
