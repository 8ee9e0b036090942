/** The account that everything here says it belongs to. */
export const localAccountId = '000000000000';
