int cphone_placeholder(void);
