/** The app clients of the local pool: fixed, so that examples and scripts can name them. */
export const localClientIds = { robots: 'heliographlocalrobots', people: 'heliographlocalpeople' } as const;
