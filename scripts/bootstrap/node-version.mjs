const oldest = 20

/** The message for a Node that is too old to install with; undefined when it is new enough. */
export const explainOldNode = (version) =>
  Number(version.split('.')[0]) >= oldest
    ? undefined
    : 'Fleetlake needs Node ' +
      oldest +
      ' or newer to install itself, and this is ' +
      version +
      ': get one from https://nodejs.org'
